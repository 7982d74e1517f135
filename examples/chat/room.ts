import type { Guest } from "./guest.ts";

const NAME = /^[\p{L}\d_-]{1,20}$/u;

/** Who is there. Nothing in here ever waits. */
export class Room {
  readonly #guests = new Set<Guest>();

  add(guest: Guest): void {
    this.#guests.add(guest);
  }

  /** Gives a guest the name, if it can be had. */
  admit(guest: Guest, name: string): void {
    if (!NAME.test(name)) guest.hear("* A name has 1 to 20 letters and digits. What is yours?");
    else if (this.names().includes(name)) guest.hear(`* There is a ${name} already. What is your name?`);
    else {
      this.tell(`* ${name} has come`);
      guest.name = name;
      guest.hear(`* Hello ${name}! /who tells who is here, /quit leaves.`);
    }
  }

  remove(guest: Guest): void {
    this.#guests.delete(guest);
    if (guest.name !== null) this.tell(`* ${guest.name} has left`);
  }

  names(): string[] {
    return [...this.#guests].flatMap(({ name }) => name ?? []);
  }

  /** Tells everybody who has a name, except for the one who says it. */
  tell(line: string, speaker: Guest | null = null): void {
    for (const guest of this.#guests) if (guest.name !== null && guest !== speaker) guest.hear(line);
  }

  close(line: string): void {
    for (const guest of this.#guests) guest.dismiss(line);
  }
}
