"""Draws chest-like radiograph phantoms, with or without nodules, from a seed.

A phantom is a drawing, not a simulation: it has the layout of a postero-anterior chest radiograph (body, lungs, mediastinum and heart, spine, ribs,
clavicles, diaphragm, branching vessels, texture, quantum noise), so that a network can be trained and a workflow shown without any patient's image.

Coordinates
  image: x to the right, y down, millimetres from the image's centre; the patient's left is on the image's right.
  body:  u, v, the same axes before the body is scaled, rotated and moved; an average adult's millimetres.
Attenuation `a` is in units of the mediastinum's height above the lung: 0 is air, about 1 is the mediastinum. Higher values are drawn white.

Nodules: 1 to 3 of them, radius 4 to 15 mm, peak contrast 0.05 to 0.45 of `a`; all inside the lung fields.

Everything is a function of (seed, view): the seed gives the patient (anatomy, nodules), the view gives pose, exposure and noise. The same seed with and
without nodules gives the same anatomy. Drawing is defined in millimetres, so that another matrix size gives the same picture.

Command line: `python phantom.py --seed 7 --nodule --out file.dcm`; see --help.
"""

from dataclasses import dataclass, field

import numpy as np

FIELD_OF_VIEW_MILLIMETRES = 430.0
"""Length of the detector's longer side."""
MAXIMUM_STORED_VALUE = 4095
"""12 bits stored."""
NODULE_RADIUS_MILLIMETRES = (4.0, 15.0)
NODULE_CONTRAST = (0.05, 0.45)


@dataclass(frozen=True)
class Nodule:
    """A nodule in the image: centre (row, column) and radius in pixels, peak contrast in units of `a`."""

    row: float
    column: float
    radius: float
    contrast: float


@dataclass(frozen=True)
class Phantom:
    """One drawn radiograph.

    stored_values: [rows, columns] uint16, 0 ... 4095, higher is whiter (MONOCHROME2).
    pixel_spacing_millimetres: of both axes.
    """

    stored_values: np.ndarray
    pixel_spacing_millimetres: float
    nodules: list[Nodule] = field(default_factory=list)


def draw(seed, nodule, rows=1024, columns=1024, view=0):
    """The phantom of patient `seed`, with nodules if `nodule`, as seen in `view` (0, 1, ...)."""
    with_nodules, without = draw_pair(seed, rows, columns, view)
    return with_nodules if nodule else without


def draw_pair(seed, rows=1024, columns=1024, view=0):
    """Both phantoms of a patient, (with nodules, without), for the price of one anatomy. Their noise differs."""
    if min(rows, columns) < 32:
        raise ValueError(f"rows {rows} and columns {columns} must be at least 32: ribs and nodules vanish below that")
    if seed < 0 or view < 0:
        raise ValueError(f"seed {seed} and view {view} must not be negative")
    canvas = _Canvas(rows, columns, _Pose(_generator(seed, "pose", view)))
    anatomy = _Anatomy(_generator(seed, "anatomy"))
    attenuation, lung = anatomy.draw(canvas, _generator(seed, "texture"))
    nodules = _choose_nodules(_generator(seed, "nodules"), anatomy)
    shadow, circles = _draw_nodules(canvas, nodules, lung)
    exposure = _Exposure(_generator(seed, "exposure", view))
    spacing = canvas.spacing
    return (
        Phantom(exposure.stored_values(attenuation + shadow, spacing, _generator(seed, "noise with", view)), spacing, circles),
        Phantom(exposure.stored_values(attenuation, spacing, _generator(seed, "noise without", view)), spacing, []),
    )


def _generator(seed, purpose, view=0):
    """An independent random stream for each purpose, so that a change to one part of the drawing leaves the others as they were."""
    return np.random.default_rng([seed, view, *purpose.encode()])


class _Pose:
    """How the patient stands before the detector: uniform scale, rotation, shift (millimetres)."""

    def __init__(self, random):
        self.scale = random.uniform(0.88, 1.10)
        angle = np.deg2rad(random.uniform(-4, 4))
        self.cosine, self.sine = np.cos(angle), np.sin(angle)
        self.shift_x, self.shift_y = random.uniform(-12, 12), random.uniform(-12, 12)

    def image(self, u, v):
        """Body coordinates to image coordinates."""
        x = self.scale * (self.cosine * u - self.sine * v) + self.shift_x
        y = self.scale * (self.sine * u + self.cosine * v) + self.shift_y
        return x, y

    def body(self, x, y):
        """Image coordinates to body coordinates."""
        x, y = (x - self.shift_x) / self.scale, (y - self.shift_y) / self.scale
        return self.cosine * x + self.sine * y, -self.sine * x + self.cosine * y


class _Canvas:
    """The pixel grid; knows where each pixel lies in the image and in the body."""

    def __init__(self, rows, columns, pose):
        self.rows, self.columns, self.pose = rows, columns, pose
        self.spacing = FIELD_OF_VIEW_MILLIMETRES / max(rows, columns)
        self.x = ((np.arange(columns) + 0.5 - columns / 2) * self.spacing).astype(np.float32)
        self.y = ((np.arange(rows) + 0.5 - rows / 2) * self.spacing).astype(np.float32)
        self.u, self.v = (c.astype(np.float32) for c in pose.body(self.x[None, :], self.y[:, None]))

    def pixel(self, u, v):
        """Body coordinates to (row, column), with pixel centres at whole numbers."""
        x, y = self.pose.image(u, v)
        return y / self.spacing + self.rows / 2 - 0.5, x / self.spacing + self.columns / 2 - 0.5

    def window(self, x0, y0, x1, y1):
        """Row and column slices that cover a rectangle in image millimetres."""
        def span(low, high, count):
            first = int(np.floor(low / self.spacing + count / 2))
            last = int(np.ceil(high / self.spacing + count / 2))
            return slice(min(max(first, 0), count), min(max(last, 0), count))
        return span(y0, y1, self.rows), span(x0, x1, self.columns)


def _inside(distance, softness):
    """A soft step: 1 where `distance` (millimetres inside an edge) is positive, 0 outside, `softness` wide."""
    return 0.5 + 0.5 * np.tanh(distance / softness)


def _ellipse(u, v, centre_u, centre_v, half_u, half_v, tilt_degrees=0.0):
    """Squared normalised radius: below 1 inside the ellipse."""
    angle = np.deg2rad(tilt_degrees)
    du, dv = u - centre_u, v - centre_v
    along, across = np.cos(angle) * du + np.sin(angle) * dv, -np.sin(angle) * du + np.cos(angle) * dv
    return (along / half_u) ** 2 + (across / half_v) ** 2


def _smooth_noise(random, u, v, correlation_millimetres):
    """Noise about ±1 with the given correlation length, the same at every matrix size: a random grid read with bilinear interpolation."""
    cells = int(np.ceil(600 / correlation_millimetres)) + 2
    grid = random.standard_normal((cells, cells)).astype(np.float32)
    row = np.clip((v + 300) / correlation_millimetres, 0, cells - 1.001)
    column = np.clip((u + 300) / correlation_millimetres, 0, cells - 1.001)
    i, j = row.astype(np.int32), column.astype(np.int32)
    fi, fj = row - i, column - j
    # The smoothstep removes the creases that plain bilinear interpolation leaves at the grid's lines.
    fi, fj = fi * fi * (3 - 2 * fi), fj * fj * (3 - 2 * fj)
    top = grid[i, j] * (1 - fj) + grid[i, j + 1] * fj
    bottom = grid[i + 1, j] * (1 - fj) + grid[i + 1, j + 1] * fj
    return top * (1 - fi) + bottom * fi


class _Anatomy:
    """One patient's measures, and how they are drawn."""

    def __init__(self, random):
        r = random.uniform
        self.lung_half_width = (r(118, 140), r(118, 140))  # right lung (image left), left lung
        self.lung_top = (r(-145, -128), r(-145, -128))
        self.diaphragm = (r(78, 105), r(88, 118))
        self.dome_height = (r(18, 40), r(18, 40))
        self.mediastinum_half_width = r(26, 36)
        self.heart = dict(centre_u=r(16, 32), centre_v=r(48, 66), half_u=r(54, 76), half_v=r(42, 56), tilt_degrees=r(25, 45))
        self.body_half_width = r(165, 195)
        self.rib_spacing, self.rib_offset = r(23, 29), r(0, 28)
        self.rib_half_width = r(4.0, 6.5)
        self.rib_height = r(0.05, 0.13)
        self.rib_slope = (r(0.30, 0.55), r(0.30, 0.55))
        self.clavicle_v = (r(-128, -108), r(-128, -108))
        self.clavicle_height = r(0.08, 0.16)
        self.texture_height = r(0.015, 0.035)
        self.vessel_height = r(0.05, 0.10)
        self.lung_depth = r(0.36, 0.46)
        self.stomach_gas = r(0, 0.25)

    def side(self, left, pair):
        """`pair`'s value for every pixel: the right lung's or, where `left`, the left lung's."""
        return np.where(left, np.float32(pair[1]), np.float32(pair[0]))

    def lung_margin(self, u, v):
        """Millimetres inside the nearest lung edge (negative outside); arrays of any one shape."""
        left = u > 0
        half_width, top = self.side(left, self.lung_half_width), self.side(left, self.lung_top)
        across = np.abs(u)
        floor = self.side(left, self.diaphragm)
        middle = half_width * 0.55
        dome = floor - self.side(left, self.dome_height) * (1 - ((across - middle) / (half_width * 0.5)) ** 2)
        # The lateral edge is half of a superellipse that begins at the apex and is widest near the diaphragm.
        fall = np.clip((floor - v) / (floor - top), 0, 1)
        lateral = half_width * (1 - fall**2.6) ** (1 / 2.2)
        medial = self.mediastinum_half_width * np.clip(0.75 + (v + 40) / 400, 0.6, 1.2)
        heart = (np.sqrt(_ellipse(u, v, **self.heart)) - 1) * self.heart["half_v"]
        return np.minimum(np.minimum(lateral - across, across - medial), np.minimum(dome - v, heart))

    def draw(self, canvas, random):
        """(attenuation, lung) as [rows, columns] float32; `lung` is 1 in the lung fields, 0 outside, with a soft edge."""
        u, v = canvas.u, canvas.v
        left = u > 0
        body_radius = np.abs(u / self.body_half_width) ** 4 + np.abs((v - 90) / 262) ** 4
        body = _inside((1 - body_radius) * self.body_half_width / 4, 4.0)
        body = np.maximum(body, _inside((1 - _ellipse(u, v, 0, -190, 62, 90)) * 31, 4.0))
        thickness = 0.55 + 0.25 * np.sqrt(np.clip(1 - body_radius, 0, 1))
        margin = self.lung_margin(u, v)
        lung = _inside(margin, 3.0)
        # A lung is thinner near its edges, so that it lets less through there.
        depth = self.lung_depth * lung * (0.72 + 0.28 * np.clip(margin / 35, 0, 1))
        a = body * thickness - depth
        a += 0.22 * _inside(self.mediastinum_half_width - np.abs(u), 5.0) * body
        a += 0.25 * np.sqrt(np.clip(1 - _ellipse(u, v, **self.heart), 0, 1))
        a += 0.10 * np.sqrt(np.clip(1 - _ellipse(u, v, 30, -62, 17, 17), 0, 1))  # aortic knob
        a += 0.18 * _inside(v - sum(self.diaphragm) / 2, 14.0) * body  # abdomen
        gas = _ellipse(u, v, 62, self.diaphragm[1] + 28, 34, 20)
        a -= self.stomach_gas * _inside((1 - gas) * 10, 4.0)
        # Spine: a band with the discs darker than the vertebrae.
        a += (0.07 + 0.02 * np.cos(2 * np.pi * v / 26)) * _inside(17 - np.abs(u), 3.0) * body
        a += self._ribs(u, v, left) * body
        a += self._clavicles(u, v, left)
        vessels = self._vessels(canvas, random)
        texture = 0.6 * _smooth_noise(random, u, v, 22.0) + 0.4 * _smooth_noise(random, u, v, 9.0)
        a += lung * (vessels + self.texture_height * texture)
        a += 0.02 * _smooth_noise(random, u, v, 45.0) * body
        # Air outside the body still lets the detector see something.
        return np.maximum(a, 0.0).astype(np.float32), lung.astype(np.float32)

    def _ribs(self, u, v, left):
        """Posterior ribs fall outwards, anterior ribs, fainter, fall inwards; both end at the chest wall."""
        across = np.abs(u)
        half_width = self.side(left, self.lung_half_width)
        slope = self.side(left, self.rib_slope)
        relative = across / half_width
        cage = _inside(half_width + 10 - across, 4.0) * _inside(v + 150, 8.0) * _inside(135 - v, 20.0)
        # Distance to the nearest of a family of evenly spaced curves; the cosine of the slope turns it into a perpendicular one.
        def family(curve, spacing, offset):
            return np.abs((v - curve - offset + spacing / 2) % spacing - spacing / 2)
        posterior = family(slope * half_width * (0.9 * relative**2.2 - 0.35 * relative), self.rib_spacing, self.rib_offset) * 0.9
        anterior = family(-0.55 * half_width * relative**1.2, self.rib_spacing * 1.15, self.rib_offset * 0.5) * 0.85
        def bone(distance):
            # Cortex is denser than marrow: the edges of a rib are a little brighter than its middle.
            return _inside(self.rib_half_width - distance, 1.2) * (0.75 + 0.25 * np.minimum(distance / self.rib_half_width, 1))
        ribs = bone(posterior) * _inside(across - 18, 3.0)
        ribs = ribs + 0.45 * bone(anterior) * _inside(across - 55, 12.0) * _inside(v + 95, 8.0)
        return self.rib_height * ribs * cage

    def _clavicles(self, u, v, left):
        across = np.abs(u)
        centre = self.side(left, self.clavicle_v) - 0.16 * (across - 20) + 6 * np.sin(across / 28)
        return self.clavicle_height * _inside(6.0 - np.abs(v - centre), 1.5) * _inside(across - 14, 3.0) * _inside(150 - across, 4.0)

    def _vessels(self, canvas, random):
        """Branching tubes from each hilum, thinner outwards, and a few seen end on: dots that look like small nodules."""
        shadow = np.zeros((canvas.rows, canvas.columns), np.float32)
        for sign in (-1, 1):
            hilum = np.array([sign * 40.0, -12.0])
            for direction in np.linspace(-100, 100, 9) + random.uniform(-9, 9, 9):
                # The arteries leave the hilum at different heights; from one point they would draw a star.
                start = hilum + random.normal(0, (3.0, 9.0))
                self._branch(canvas, shadow, random, start, direction, sign, random.uniform(2.6, 4.2), 5)
            for _ in range(random.integers(2, 6)):
                u, v = sign * random.uniform(35, 95), random.uniform(-70, 60)
                self._tube(canvas, shadow, np.array([u, v]), np.array([u, v]), random.uniform(1.2, 2.4), self.vessel_height * random.uniform(1.0, 2.0))
        return shadow

    def _branch(self, canvas, shadow, random, start, direction, sign, radius, steps):
        for step in range(steps):
            direction = direction + random.uniform(-14, 14)
            angle = np.deg2rad(direction)
            end = start + random.uniform(13, 20) * np.array([sign * np.cos(angle), np.sin(angle)])
            self._tube(canvas, shadow, start, end, radius, self.vessel_height * min(1.0, 0.35 + radius / 4))
            if steps > 3 and step in (1, 2):
                self._branch(canvas, shadow, random, end, direction + random.choice([-1, 1]) * random.uniform(25, 45), sign, radius * 0.7, 3)
            start, radius = end, radius * 0.8

    @staticmethod
    def _tube(canvas, shadow, start, end, radius, height):
        """Adds a tube with a Gaussian profile, drawn only in the window that it touches."""
        (x0, y0), (x1, y1) = canvas.pose.image(*start), canvas.pose.image(*end)
        radius *= canvas.pose.scale
        reach = 2.5 * radius + canvas.spacing
        rows, columns = canvas.window(min(x0, x1) - reach, min(y0, y1) - reach, max(x0, x1) + reach, max(y0, y1) + reach)
        dx, dy = canvas.x[None, columns] - np.float32(x0), canvas.y[rows, None] - np.float32(y0)
        length = max((x1 - x0) ** 2 + (y1 - y0) ** 2, 1e-6)
        along = np.clip((dx * np.float32(x1 - x0) + dy * np.float32(y1 - y0)) / np.float32(length), 0, 1)
        squared = (dx - along * np.float32(x1 - x0)) ** 2 + (dy - along * np.float32(y1 - y0)) ** 2
        shadow[rows, columns] += height * np.exp(-squared / np.float32(radius * radius))


def _choose_nodules(random, anatomy):
    """[(u, v, radius, contrast, phases)] in body millimetres, all inside a lung and apart from each other."""
    count = random.choice([1, 2, 3], p=[0.7, 0.2, 0.1])
    chosen = []
    while len(chosen) < count:
        radius, contrast = random.uniform(*NODULE_RADIUS_MILLIMETRES), random.uniform(*NODULE_CONTRAST)
        u, v = random.uniform(-140, 140), random.uniform(-135, 110)
        phases = random.uniform(0, 2 * np.pi, 3)
        inside = anatomy.lung_margin(np.array([u]), np.array([v]))[0] > 3 + 0.6 * radius
        apart = all(np.hypot(u - other[0], v - other[1]) > radius + other[2] + 5 for other in chosen)
        if inside and apart:
            chosen.append((u, v, radius, contrast, phases))
    return chosen


def _draw_nodules(canvas, nodules, lung):
    """(shadow [rows, columns], [Nodule]): spheres with a slightly wavy edge. The part outside the lung is not drawn."""
    shadow = np.zeros_like(lung)
    circles = []
    for u, v, radius, contrast, phases in nodules:
        x, y = canvas.pose.image(u, v)
        radius *= canvas.pose.scale
        reach = 1.4 * radius + 2 * canvas.spacing
        rows, columns = canvas.window(x - reach, y - reach, x + reach, y + reach)
        dx, dy = canvas.x[None, columns] - np.float32(x), canvas.y[rows, None] - np.float32(y)
        angle = np.arctan2(dy, dx)
        edge = 1 + sum(0.05 * np.cos((k + 2) * angle + phase) for k, phase in enumerate(phases))
        relative = np.hypot(dx, dy) / (radius * edge)
        shadow[rows, columns] += contrast * np.sqrt(np.clip(1 - relative**2, 0, 1)) * lung[rows, columns]
        row, column = canvas.pixel(u, v)
        circles.append(Nodule(float(row), float(column), float(radius / canvas.spacing), float(contrast)))
    return shadow, circles


class _Exposure:
    """From attenuation to stored values: quantum noise, then the modality's grey scale (a gain, an offset and a gamma)."""

    def __init__(self, random):
        self.noise = random.uniform(0.006, 0.016)  # standard deviation of `a` for one square millimetre
        self.gamma = random.uniform(0.8, 1.25)
        self.offset = random.uniform(60, 500)
        self.gain = random.uniform(2200, 3300)

    def stored_values(self, attenuation, spacing, random):
        """[rows, columns] uint16; `spacing` in millimetres, because a smaller pixel sees fewer quanta."""
        noise = random.standard_normal(attenuation.shape, dtype=np.float32) * np.float32(self.noise / spacing)
        # The denser the body, the fewer quanta arrive.
        noisy = np.maximum(attenuation + noise * (0.5 + attenuation), 0)
        values = self.offset + self.gain * noisy ** np.float32(self.gamma)
        return np.clip(np.rint(values), 0, MAXIMUM_STORED_VALUE).astype(np.uint16)


if __name__ == "__main__":
    from phantom_dicom import main

    main()
