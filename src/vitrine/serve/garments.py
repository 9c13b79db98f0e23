"""`POST /v1/garments`: what is worn on a photo, each a box to search by."""

from __future__ import annotations

from functools import partial

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse

from vitrine.serve.access import ServiceHere, caller_of
from vitrine.serve.answers import GarmentsAnswer
from vitrine.serve.describing import photo_form
from vitrine.serve.searching import Body, photo_alone
from vitrine.serve.service import Service
from vitrine.shop import LEAST_GARMENT_SHARE
from vitrine.types import Json

router = APIRouter(prefix="/v1", tags=["search"], dependencies=[Depends(caller_of)])


@router.post(
    "/garments",
    summary="Find the garments on a photo",
    responses={200: {"model": GarmentsAnswer}},
    openapi_extra=photo_form(),
)
async def garments(service: ServiceHere, body: Body) -> JSONResponse:
    """Find up to five garments on a photo of a person, the surest first.

    Each `box` goes into a search with the same photo as its `crop`.
    """
    photo = await photo_alone(service, body)
    return JSONResponse(await service.searches.run(partial(_answer, service, photo)))


def _answer(service: Service, photo: bytes) -> Json:
    """Runs on a thread of the searches' lane."""
    image = service.decode(photo, LEAST_GARMENT_SHARE)
    return {"garments": [each.to_json() for each in service.shop.find_garments(image)]}
