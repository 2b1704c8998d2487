"""Colours: what the page's style says they are, and what is on the screen."""

from __future__ import annotations

import base64

import numpy as np

PIXELS = """async png => {
  const bytes = Uint8Array.from(atob(png), (letter) => letter.charCodeAt(0));
  const image = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
  const { width, height } = image;
  const context = new OffscreenCanvas(width, height).getContext('2d');
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  const letters = [];
  for (let at = 0; at < data.length; at += 8_192)
    letters.push(String.fromCharCode(...data.subarray(at, at + 8_192)));
  return [width, height, btoa(letters.join(''))];
}"""


def colour_of(page, name: str) -> np.ndarray:
    """A colour of the page's style."""
    text = page.evaluate(
        "name => getComputedStyle(document.querySelector('.app')).getPropertyValue(name)",
        f"--{name}",
    )
    digits = text.strip().removeprefix("#")
    return np.array([int(digits[at : at + 2], 16) for at in (0, 2, 4)])


def screen(page) -> np.ndarray:
    """What is on the screen: rows of pixels from the top, each red, green and blue."""
    png = base64.b64encode(page.screenshot()).decode()
    width, height, rgba = page.evaluate(PIXELS, png)
    return np.frombuffer(base64.b64decode(rgba), np.uint8).reshape(height, width, 4)[:, :, :3]


def is_near(pixels: np.ndarray, colour: np.ndarray, most: int = 3) -> np.ndarray:
    return np.abs(pixels.astype(float) - colour).max(axis=-1) <= most
