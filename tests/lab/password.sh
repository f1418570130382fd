#!/usr/bin/env bash
# Prints the contestant's password for SSH (SSH_ASKPASS in ssh(1)).
echo ictsc2020
