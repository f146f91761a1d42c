CREATE TABLE inside (id int); -- in archive again, as the database says
COMMENT ON COLUMN inside.id IS $c$a "comment"; with a $ and 'quotes'$c$;