SET search_path = public;
CREATE TABLE outside (id int);
