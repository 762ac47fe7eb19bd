#!/bin/sh
hostnamectl hostname web-2
