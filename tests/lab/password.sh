#!/usr/bin/env bash
# Answers SSH's question for the contestant's password (SSH_ASKPASS in ssh(1)).
echo ictsc2020
