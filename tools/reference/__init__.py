"""The reference architecture from the outside: starts an emulator, deploys scenarios/web-application/ with boto3 and sends real
traffic through it. tools/run and the whole-flow test are built on it."""
