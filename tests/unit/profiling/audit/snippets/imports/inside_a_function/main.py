def run():
    from tools import fix

    fix()
    import json

    json.dumps(1)
