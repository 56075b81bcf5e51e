#!/bin/bash
# Settings of the application. On AWS a real one reads them from its environment; here the built-in one does.
export DB_HOST={DB_HOST}
export DB_PORT={DB_PORT}
export DB_USER={DB_USER}
export DB_PASSWORD='{DB_PASSWORD}'
export DB_NAME={DB_NAME}
export CPU_MS=2
export MESSAGE="Welcome to the shop."
