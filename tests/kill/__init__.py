"""The process dies at every moment: what was acknowledged stays, what was not can be done again,
nobody is locked out.

``test_recording.py`` and ``test_acts.py`` kill a child process (SIGKILL) at a boundary between two
statements, before and after a commit and before the answer. Every boundary of recording is always
tried, of the other acts those around their commits and some between; ``EVERY_KILL=1`` (``make
kill``) tries all of them and prints how many there were.

``test_power_cut.py`` takes the power away: with ``POWER_CUT=1`` (``make power-cut``, as root on
Linux) the portal writes on a file system of its own in an image file, and copies of that file, made
while it writes, are what a disk would hold after a cut. Where mounting is not allowed the test says
that it did not run.
"""
