-- Sets the passwords of the roles to those in the environment, for compose.yaml. psql quotes them, and the server is told not to log them.
\getenv owner_password OWNER_PASSWORD
\getenv server_password SERVER_PASSWORD
SET LOCAL log_statement = 'none';
SET LOCAL log_min_error_statement = 'panic';
ALTER ROLE udam_owner PASSWORD :'owner_password';
ALTER ROLE udam_server PASSWORD :'server_password';
