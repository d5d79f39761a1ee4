-- Seconds since the server started, with which its counters began; no privilege needed.
SHOW GLOBAL STATUS LIKE 'Uptime'
