"""How far a long command has come, for who waits at a terminal."""

WIDTH = 30


class Bar:
    def __init__(self, stream, noun):
        self.stream, self.noun = stream, noun

    def __call__(self, count, share):
        full = round(share * WIDTH)
        bar = "#" * full + "." * (WIDTH - full)
        self.stream.write(f"\r[{bar}] {share:4.0%}  {count:,} {self.noun}")
        self.stream.flush()

    def end(self):
        self.stream.write("\n")
