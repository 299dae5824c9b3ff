"""The program that checks submissions, on a platform that has no fork."""

import os
import sys

from stimson.validation.sandbox import job

if __name__ == "__main__":
    del os.fork
    job.main(int(sys.argv[1]), int(sys.argv[2]))
