"""Diorama beside the peer that a user would pick, on the same work, in the same run; tools/bench runs them.

Each file measures one thing; peers.py starts the peers, measure.py counts. The figure that is compared is CPU time per
request of all the processes of a contender: it moves less from machine to machine than requests per second.
"""
