"""Procedurally drawn top-down field survey: vehicles, people, trees and animals on farm land."""

from .scene import render_crop, render_scene
from .things import CLASSES

__all__ = ["CLASSES", "render_crop", "render_scene"]
