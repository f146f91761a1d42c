ALTER TABLE objects ENABLE ROW LEVEL SECURITY;
CREATE POLICY "readers see everything; writers don't" ON objects FOR SELECT TO archive_reader USING (true);