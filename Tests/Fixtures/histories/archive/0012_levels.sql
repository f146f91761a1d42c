ALTER TABLE objects ADD COLUMN level int;
CREATE FUNCTION set_level() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.level := array_length(string_to_array(NEW.name, '/'), 1);
    RETURN NEW;
END
$$;
CREATE TRIGGER objects_level BEFORE INSERT OR UPDATE OF name ON objects FOR EACH ROW EXECUTE FUNCTION set_level();