ALTER TYPE entry_side ADD VALUE IF NOT EXISTS 'adjustment';
