"""Invented people: names, addresses in reserved example domains, organisations, gender answers."""

import unicodedata
from dataclasses import dataclass
from random import Random

from tests.support.places import PlacePicker

WOMEN = (
    "Aïcha", "Ana", "Beatriz", "Camila", "Chiara", "Daniela", "Dewi", "Emma", "Farida", "Fátima",
    "Hana", "Helena", "Inés", "Ingrid", "Jana", "Laia", "Lucía", "Magdalena", "Mei", "Naomi",
    "Olga", "Priya", "Rosa", "Sofía", "Valentina", "Zeynep",
)  # fmt: skip
MEN = (
    "Ahmed", "Álvaro", "Amadou", "Arjun", "Bruno", "Carlos", "Chen", "Darío", "Eduardo", "Emre",
    "Gabriel", "Hassan", "Hiro", "Ibrahim", "Ivan", "Javier", "Karim", "Lars", "Luca", "Marc",
    "Mateo", "Nikolai", "Pau", "Reza", "Sébastien", "Yusuf",
)  # fmt: skip
SURNAMES = (
    "Abril", "Adeyemi", "Al-Haddad", "Barros", "Benali", "Bianchi", "Castellví", "Conti",
    "D'Angelo", "Demir", "Diallo", "Echeverría", "El Amrani", "Fernandes", "Fischer",
    "García Ruiz", "González", "Hosseini", "Jung", "Kim", "Kovač", "Kowalska", "López", "Mbeki",
    "Müller", "Nakamura", "Ndiaye", "Novák", "O'Connor", "Okafor", "Oliveira", "Park", "Pérez",
    "Pham", "Quispe", "Rahimi", "Rossi", "Salah", "Shrestha", "Silva", "Suharto", "Traoré",
    "Van den Berg", "Wijaya", "Wu", "Yılmaz", "Zhang",
)  # fmt: skip
ORGANISATIONS = (
    "Association of Young Planners",
    "Chamber of Commerce",
    "Civic Data Collective",
    "Culture and Territory, S.L.",
    'Green Belt "Anella" Trust',
    "Housing Observatory",
    "Institute for Urban Resilience",
    "Mobility\nInstitute",
    "Regional Planning Agency",
    "School of Public Policy, Evening Campus",
    "Università della Città",
    "Urban Lab Foundation",
    "Water & Cities Centre",
)
DOMAINS = ("example.org", "example.com", "example.net")
GENDER_ANSWERS = {
    "woman": ("Woman", "Female", "F", "Mujer", "Femme", "Dona"),
    "man": ("Man", "Male", "M", "Hombre", "Homme", "Home"),
    "non_binary": ("Non-binary", "No binario", "Non binaire", "Other"),
    "undisclosed": ("", "Prefer not to say", "N/A"),
}


@dataclass(frozen=True)
class Person:
    """Somebody who registers, speaks or joins a call; ``country`` and ``place`` are as typed."""

    first: str
    last: str
    email: str
    gender: str
    organisation: str
    country: str
    place: str

    @property
    def full_name(self) -> str:
        return f"{self.first} {self.last}"


def ascii_letters(text: str) -> str:
    """The letters a to z of a name, for an address."""
    flat = unicodedata.normalize("NFKD", text.replace("ı", "i")).lower()
    return "".join(letter for letter in flat if "a" <= letter <= "z")


def make_person(rng: Random, number: int, places: PlacePicker) -> Person:
    """An invented person; ``number`` makes the address their own."""
    roll = rng.random()
    gender = "woman" if roll < 0.48 else "man" if roll < 0.92 else "non_binary"
    if rng.random() < 0.06:
        gender = "undisclosed"
    first = rng.choice(WOMEN if gender == "woman" else MEN if gender == "man" else WOMEN + MEN)
    last = rng.choice(SURNAMES)
    place, country = places.pick()
    address = f"{ascii_letters(first)}.{ascii_letters(last)}{number}@{rng.choice(DOMAINS)}"
    return Person(first, last, address, gender, rng.choice(ORGANISATIONS), country, place)


def make_people(rng: Random, count: int, places: PlacePicker) -> list[Person]:
    """``count`` people with addresses of their own."""
    return [make_person(rng, number, places) for number in range(1, count + 1)]


def gender_answer(rng: Random, gender: str, dirt: bool) -> str:
    """One of the listed answers for a gender, in any case and with outer spaces if ``dirt``."""
    answers = GENDER_ANSWERS[gender]
    if not dirt:
        return answers[0]
    answer = rng.choice(answers)
    roll = rng.random()
    if roll < 0.15:
        return answer.upper()
    if roll < 0.3:
        return answer.lower()
    return f"{answer} " if answer and roll < 0.38 else answer


def contrary(gender: str) -> str:
    """A stated gender that contradicts the given one."""
    return "man" if gender == "woman" else "woman"


def typed_address(rng: Random, email: str, dirt: bool) -> str:
    """The address with random case and outer spaces."""
    if not dirt:
        return email
    roll = rng.random()
    if roll < 0.08:
        return email.upper()
    if roll < 0.16:
        return email.title()
    if roll < 0.2:
        return f" {email}"
    return f"{email}  " if roll < 0.26 else email
