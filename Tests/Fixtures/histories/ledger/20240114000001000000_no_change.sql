/* Kept so that the numbers agree;
   the statement 'ALTER TABLE x' moved to another file. */
