class Job:
    handler = None

    def run(self):
        return self.handler()


def done():
    return 1


job = Job()
job.handler = done
job.run()
