"""Forms of the desk: they turn typed text into values and explain mistakes; they change no status."""
