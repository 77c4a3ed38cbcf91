"""Stock: what is left of something. Flask; asks the warehouse, which is a Node service."""

import os

import requests
from flask import Flask

WAIT_SECONDS_MAX = 5

app = Flask(__name__)


@app.get("/stock/<item>")
def stock(item: str):
    answer = requests.get(
        f"{os.environ['WAREHOUSE']}/shelves/{item}", timeout=WAIT_SECONDS_MAX
    )
    return answer.json(), answer.status_code
