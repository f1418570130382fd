#!/usr/bin/env bash
# Prints the contestants' password for ssh(1): SSH_ASKPASS.
echo ictsc2020
