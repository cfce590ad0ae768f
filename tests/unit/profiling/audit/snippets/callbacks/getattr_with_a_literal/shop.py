class Job:
    def run(self):
        return 1


def call(job: Job):
    getattr(job, "run")()
