/** What runs on the graphics card. Row 0 of the texture is a column's lowest price. */

/** One triangle that covers the plot. */
export const FIELD_VERTEX = `#version 300 es
void main() {
  vec2 corner = vec2(gl_VertexID == 1 ? 3.0 : -1.0, gl_VertexID == 2 ? 3.0 : -1.0);
  gl_Position = vec4(corner, 0.0, 1.0);
}`;

/**
 * Each pixel finds its column and its row: the work is that of the pixels, however long the history.
 * `notes` holds two texels a column: lap, place of its depth, state (0 nothing, 1 depth, 2 gap, 3 stale);
 * then its best prices.
 */
export const FIELD_FRAGMENT = `#version 300 es
precision highp float;
precision highp int;
uniform highp sampler2D depth;
uniform highp sampler2D notes;
uniform int firstColumn;
uniform float firstPart;
uniform float shift;   // of the screen against the picture that is drawn into
uniform float turned;
uniform float columnsPerPx;
uniform int capacity;
uniform float height;
uniform float topTick;
uniform float ticksPerPx;
uniform float firstTick;
uniform float group;
uniform int rows;
uniform vec3 scale;    // lower cut-off, one over the span of the cut-offs, exponent
uniform bool isLog;
uniform vec3 blank;
uniform vec3 zero;
uniform vec3 hatch;
uniform vec3 bidRamp[3];
uniform vec3 askRamp[3];
uniform vec3 bidLine;
uniform vec3 askLine;
uniform float lineWidth;
out vec4 colour;

struct Note { int state; int place; vec2 best; };

Note noteOf(int column) {
  int slot = column & (capacity - 1);
  vec4 note = texelFetch(notes, ivec2(0, slot), 0);
  int lap = (column - slot) / capacity;
  if (int(note.r) != lap) return Note(0, 0, vec2(-1e9));
  return Note(int(note.b), int(note.g), texelFetch(notes, ivec2(1, slot), 0).rg);
}

float strengthOf(float size) {
  float measured = isLog ? log2(1.0 + size) : size;
  return pow(clamp((measured - scale.x) * scale.y, 0.0, 1.0), scale.z);
}

vec3 ramp(vec3 stops[3], float strength) {
  if (strength < 0.5) return mix(stops[0], stops[1], strength * 2.0);
  return mix(stops[1], stops[2], strength * 2.0 - 1.0);
}

float onLine(float tick, float before, float y, bool isEdge) {
  if (tick < -5e8) return 0.0;
  float at = (topTick - tick) / ticksPerPx;
  float from = at;
  if (isEdge && before > -5e8) from = (topTick - before) / ticksPerPx;
  float low = min(at, from) - lineWidth * 0.5;
  float high = max(at, from) + lineWidth * 0.5;
  return clamp(min(y - low + 0.5, high - y + 0.5), 0.0, 1.0);
}

void main() {
  float x = gl_FragCoord.x + shift;
  float place = firstPart + x * columnsPerPx;
  int column = firstColumn + int(floor(place));
  Note note = noteOf(column);
  float y = height - gl_FragCoord.y;
  if (note.state == 0) {
    colour = vec4(blank, 1.0);
    return;
  }
  float stripe = mod(x + turned + gl_FragCoord.y, 8.0);
  if (note.state == 2) {
    colour = vec4(stripe < 2.0 ? hatch : blank, 1.0);
    return;
  }
  float tick = floor(topTick - y * ticksPerPx + 0.5);
  int row = int(floor((tick - firstTick) / group));
  vec3 shown = zero;
  if (row >= 0 && row < rows) {
    vec2 resting = texelFetch(depth, ivec2(row, note.place), 0).rg;
    if (resting.r > 0.0 && resting.r >= resting.g) shown = ramp(bidRamp, strengthOf(resting.r));
    else if (resting.g > 0.0) shown = ramp(askRamp, strengthOf(resting.g));
  }
  if (note.state == 3) shown = mix(shown, stripe < 2.0 ? hatch : blank, 0.45);
  float part = fract(place);
  bool isEdge = part < columnsPerPx * max(1.0, lineWidth);
  vec2 before = isEdge ? noteOf(column - 1).best : vec2(-1e9);
  shown = mix(shown, bidLine, onLine(note.best.x, before.x, y, isEdge));
  shown = mix(shown, askLine, onLine(note.best.y, before.y, y, isEdge));
  colour = vec4(shown, 1.0);
}`;

/** The kept picture on the screen: `turned` is where the ring of its columns begins. */
export const PICTURE_FRAGMENT = `#version 300 es
precision highp float;
precision highp int;
uniform highp sampler2D picture;
uniform int turned;
uniform int width;
out vec4 colour;
void main() {
  int x = int(gl_FragCoord.x) + turned;
  colour = texelFetch(picture, ivec2(x < width ? x : x - width, int(gl_FragCoord.y)), 0);
}`;

/** Circles: one square each, of which the fragment keeps a disc. */
export const TRADE_VERTEX = `#version 300 es
layout(location = 0) in vec4 trade;   // x and y in pixels from the upper left, radius, share bought
uniform vec2 size;
out vec2 spot;
out float radius;
out float bought;
void main() {
  vec2 corner = vec2(gl_VertexID & 1, gl_VertexID >> 1) * 2.0 - 1.0;
  radius = trade.z;
  bought = trade.w;
  spot = corner * (radius + 1.0);
  vec2 at = trade.xy + spot;
  gl_Position = vec4(at.x / size.x * 2.0 - 1.0, 1.0 - at.y / size.y * 2.0, 0.0, 1.0);
}`;

export const TRADE_FRAGMENT = `#version 300 es
precision highp float;
in vec2 spot;
in float radius;
in float bought;
uniform vec3 buy;
uniform vec3 sell;
uniform vec3 neither;
uniform vec3 rim;
out vec4 colour;
void main() {
  float away = length(spot);
  float inside = clamp(radius + 0.5 - away, 0.0, 1.0);
  if (inside <= 0.0) discard;
  vec3 fill = bought < 0.0 ? neither : (bought > 0.5 ? buy : sell);
  float atRim = clamp(away - (radius - 1.0) + 0.5, 0.0, 1.0);
  colour = vec4(mix(fill, rim, atRim), 0.92 * inside);
}`;
