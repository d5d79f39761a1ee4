"""Make each request a unit of work with the name of its route."""

from collections.abc import Awaitable, Callable

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve

from aegis_cli.api import is_captured, unit_of_work

GetResponse = Callable[[HttpRequest], HttpResponseBase | Awaitable[HttpResponseBase]]


class UnitOfWorkMiddleware:
    """Belongs first in `MIDDLEWARE`; serves synchronous and asynchronous Django alike."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: GetResponse) -> None:
        """Remember what answers, and be a coroutine function where it is one."""
        self._get_response = get_response
        self._is_async = iscoroutinefunction(get_response)
        if self._is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        """Answer a request inside a unit of work."""
        if not is_captured():
            return self._get_response(request)
        if self._is_async:
            return self._answer(request)
        with unit_of_work(name_of(request)):
            return self._get_response(request)

    async def _answer(self, request: HttpRequest) -> HttpResponseBase:
        with unit_of_work(name_of(request)):
            answer = self._get_response(request)
            assert isinstance(answer, Awaitable)
            response: HttpResponseBase = await answer
            return response


def name_of(request: HttpRequest) -> str:
    """Return method and route of a request; paths with keys in them would be a unit each."""
    urlconf = getattr(request, "urlconf", None)
    try:
        route = "/" + resolve(request.path_info, urlconf=urlconf).route
    except Resolver404:
        route = "(no route)"
    return f"{request.method} {route}"
