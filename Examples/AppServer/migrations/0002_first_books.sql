INSERT INTO books (title, published) VALUES
    ('Moby-Dick', '1851-10-18'),
    ('Walden', '1854-08-09'),
    ('Middlemarch', '1871-12-01');
