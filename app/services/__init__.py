"""Verbs in transactions: one file per domain. Services are told who acts and what day it is."""
