"""Quotes: what so many of something cost. FastAPI, and not a word about tracing."""

import os

import requests
from fastapi import FastAPI, HTTPException

PRICES = {"lamp": 40, "thread": 2}
WAIT_SECONDS_MAX = 5

app = FastAPI()


@app.get("/quotes/{item}")
def quote(item: str, count: int = 1):
    answer = requests.get(
        f"{os.environ['STOCK']}/stock/{item}", timeout=WAIT_SECONDS_MAX
    )
    if answer.status_code == 404:
        raise HTTPException(status_code=404, detail=f"nobody sells {item}")
    if answer.json()["left"] < count:
        raise HTTPException(status_code=409, detail=f"not enough of {item}")
    return {"item": item, "count": count, "price": PRICES[item] * count}
