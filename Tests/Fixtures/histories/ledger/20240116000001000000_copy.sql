COPY transfers (account_ids, "order") FROM stdin;
{1,2}	1
{2,3}	2
\.
UPDATE transfers SET "order" = "order" + 10;
