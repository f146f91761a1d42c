-- The memory store of a chat application: what it keeps about its users between conversations.

-- One row for each user: how much there is, and when it was last used.
CREATE TABLE user_memory_statistics (
    user_id              VARCHAR(255) PRIMARY KEY,
    total_memories       INTEGER      NOT NULL DEFAULT 0 CHECK (total_memories >= 0),
    total_conversations  INTEGER      NOT NULL DEFAULT 0 CHECK (total_conversations >= 0),
    average_importance   DOUBLE PRECISION NOT NULL DEFAULT 0.5 CHECK (average_importance BETWEEN 0 AND 1),
    memory_types         JSONB        NOT NULL DEFAULT '{}'::jsonb,
    first_seen_at        TIMESTAMPTZ  NOT NULL DEFAULT now(),
    last_seen_at         TIMESTAMPTZ  NOT NULL DEFAULT now()
);

CREATE INDEX idx_user_memory_statistics_last_seen ON user_memory_statistics (last_seen_at DESC);

-- What makes a memory important to a user: learned patterns that weigh memories when they are recalled.
CREATE TABLE user_memory_importance_patterns (
    id                     SERIAL PRIMARY KEY,
    user_id                VARCHAR(255) NOT NULL REFERENCES user_memory_statistics (user_id) ON DELETE CASCADE,
    pattern_type           VARCHAR(50)  NOT NULL,
    pattern_name           VARCHAR(200) NOT NULL,
    importance_multiplier  DOUBLE PRECISION NOT NULL DEFAULT 1.0 CHECK (importance_multiplier >= 0),
    confidence_score       DOUBLE PRECISION NOT NULL DEFAULT 0.5 CHECK (confidence_score BETWEEN 0 AND 1),
    trigger_keywords       JSONB        NOT NULL DEFAULT '[]'::jsonb,
    context_conditions     JSONB        NOT NULL DEFAULT '{}'::jsonb,
    example_memories       JSONB        NOT NULL DEFAULT '[]'::jsonb,
    usage_history          JSONB        NOT NULL DEFAULT '[]'::jsonb,
    created_at             TIMESTAMPTZ  NOT NULL DEFAULT now(),
    updated_at             TIMESTAMPTZ  NOT NULL DEFAULT now(),
    CONSTRAINT uq_user_memory_importance_patterns UNIQUE (user_id, pattern_type, pattern_name)
);

CREATE INDEX idx_user_memory_importance_patterns_type
    ON user_memory_importance_patterns (user_id, pattern_type, importance_multiplier DESC);
CREATE INDEX idx_user_memory_importance_patterns_keywords
    ON user_memory_importance_patterns USING gin (trigger_keywords);

-- How a user tends to feel, and what changes it.
CREATE TABLE user_emotional_profiles (
    user_id             VARCHAR(255) PRIMARY KEY REFERENCES user_memory_statistics (user_id) ON DELETE CASCADE,
    baseline_mood       VARCHAR(50)  NOT NULL DEFAULT 'neutral',
    emotional_range     JSONB        NOT NULL DEFAULT '{}'::jsonb,
    mood_triggers       JSONB        NOT NULL DEFAULT '[]'::jsonb,
    recent_emotions     JSONB        NOT NULL DEFAULT '[]'::jsonb,
    stability_score     DOUBLE PRECISION NOT NULL DEFAULT 0.5 CHECK (stability_score BETWEEN 0 AND 1),
    updated_at          TIMESTAMPTZ  NOT NULL DEFAULT now()
);

CREATE INDEX idx_user_emotional_profiles_mood ON user_emotional_profiles (baseline_mood);

-- What a user likes to talk about.
CREATE TABLE user_interest_patterns (
    id              SERIAL PRIMARY KEY,
    user_id         VARCHAR(255) NOT NULL REFERENCES user_memory_statistics (user_id) ON DELETE CASCADE,
    topic           VARCHAR(200) NOT NULL,
    interest_score  DOUBLE PRECISION NOT NULL DEFAULT 0.5 CHECK (interest_score BETWEEN 0 AND 1),
    mention_count   INTEGER      NOT NULL DEFAULT 0 CHECK (mention_count >= 0),
    related_topics  JSONB        NOT NULL DEFAULT '[]'::jsonb,
    first_mention   TIMESTAMPTZ  NOT NULL DEFAULT now(),
    last_mention    TIMESTAMPTZ  NOT NULL DEFAULT now(),
    CONSTRAINT uq_user_interest_patterns UNIQUE (user_id, topic)
);

CREATE INDEX idx_user_interest_patterns_score ON user_interest_patterns (user_id, interest_score DESC);
CREATE INDEX idx_user_interest_patterns_topic ON user_interest_patterns (lower(topic));

-- Keeps updated_at true, whoever writes.
CREATE FUNCTION touch_updated_at() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.updated_at := now();
    RETURN NEW;
END;
$$;

CREATE TRIGGER trg_user_memory_importance_patterns_touch
    BEFORE UPDATE ON user_memory_importance_patterns
    FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

CREATE TRIGGER trg_user_emotional_profiles_touch
    BEFORE UPDATE ON user_emotional_profiles
    FOR EACH ROW EXECUTE FUNCTION touch_updated_at();
