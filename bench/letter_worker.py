"""A worker that issues signed letters when it is told to: `go` on its input, then `done` and how many on its output.

    python -m bench.letter_worker

It has the fonts read and a connection open before it says `ready`, as a Celery worker has after its first letter.
"""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.settings")
    import django

    django.setup()
    from django.utils import timezone

    from dossiers import documents
    from dossiers.dispatch import issue_signed
    from dossiers.tests import letter_samples

    documents.apology_letter(letter_samples.letter())
    issue_signed(now=timezone.now(), limit=1)
    print("ready", flush=True)
    for line in sys.stdin:
        if line.strip() == "go":
            issued, failed = issue_signed(now=timezone.now(), limit=1000)
            print(f"done {issued} {len(failed)}", flush=True)


if __name__ == "__main__":
    main()
