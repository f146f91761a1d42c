-- strata: depends-on core:2

-- Three users to look at; applied only with --seed.
INSERT INTO user_memory_statistics (user_id, total_memories, total_conversations, average_importance, memory_types)
VALUES
    ('demo-ada', 42, 7, 0.7, '{"fact": 30, "preference": 12}'),
    ('demo-béla', 3, 1, 0.4, '{"fact": 3}'),
    ('demo-chidi', 0, 0, 0.5, '{}');

INSERT INTO user_memory_importance_patterns
    (user_id, pattern_type, pattern_name, importance_multiplier, confidence_score, trigger_keywords, pattern_category)
VALUES
    ('demo-ada', 'topic', 'mathematics', 1.8, 0.9, '["proof", "engine"]', 'work'),
    ('demo-ada', 'person', 'family', 1.5, 0.8, '["mother", "Byron"]', 'personal'),
    ('demo-béla', 'topic', 'music', 1.6, 0.7, '["piano", "folk song"]', 'general');

INSERT INTO user_emotional_profiles (user_id, baseline_mood, emotional_range, mood_triggers, stability_score)
VALUES
    ('demo-ada', 'curious', '{"low": 0.3, "high": 0.9}', '["a proof that works"]', 0.8),
    ('demo-béla', 'calm', '{"low": 0.4, "high": 0.6}', '[]', 0.6);

INSERT INTO user_interest_patterns (user_id, topic, interest_score, mention_count, related_topics)
VALUES
    ('demo-ada', 'Analytical engines', 0.95, 12, '["Bernoulli numbers"]'),
    ('demo-béla', 'Folk songs', 0.9, 4, '["field recordings"]');
