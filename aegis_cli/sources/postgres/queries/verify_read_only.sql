-- From here to the end of the transaction nothing is written; a server refuses to go back.
SET TRANSACTION READ ONLY
