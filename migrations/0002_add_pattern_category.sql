-- Patterns get a category, so that the application can show and weigh them by group.

BEGIN;

ALTER TABLE user_memory_importance_patterns
    ADD COLUMN pattern_category VARCHAR(100) DEFAULT 'general';

COMMENT ON COLUMN user_memory_importance_patterns.pattern_category
    IS 'The group that the pattern is shown under; ''general'' where nobody chose one.';

CREATE INDEX idx_user_memory_importance_patterns_category
    ON user_memory_importance_patterns (user_id, pattern_category);

COMMIT;
