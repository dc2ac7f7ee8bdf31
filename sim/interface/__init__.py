"""How people see it: one room for each subject, and the door.

``door`` opens the process, ``cli`` lists what may be typed, and ``commands`` says how. What a command does is in the
room of its subject: ``runs``, ``advice``, ``study``, ``calibration``, ``claims``, ``validation``, ``firm``, ``story``,
``manual``, ``pages``. Those share ``terminal`` (words, tables, files) and ``figures`` (plots).
"""
