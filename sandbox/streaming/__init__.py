"""Answers as they come: one long-lived process asks the models and tells everybody who watches.

The database is the truth. A process claims a queued run, writes what comes about once a second and ends it; whoever
watches in the same process hears each piece at once, others read the row. So a reload goes on where it was, a page
without JavaScript shows the same text, and a process that dies leaves a run that another one ends.
"""

from sandbox.streaming.dispatcher import Dispatcher
from sandbox.streaming.events import follow
from sandbox.streaming.process import read_ahead, start_in_this_process, stop_in_this_process, wake

__all__ = ["Dispatcher", "follow", "read_ahead", "start_in_this_process", "stop_in_this_process", "wake"]
