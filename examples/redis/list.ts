/** A list that is cheap at both ends, however long it is: two arrays, back to back. */
export class List {
  /** The first elements, the last of them first. */
  #left: Buffer[] = [];
  #right: Buffer[] = [];

  get length(): number {
    return this.#left.length + this.#right.length;
  }

  push(values: readonly Buffer[], end: "left" | "right"): void {
    const side = end === "left" ? this.#left : this.#right;
    for (const value of values) side.push(value);
  }

  pop(end: "left" | "right"): Buffer | undefined {
    if (end === "left") {
      if (this.#left.length === 0) this.#left = takeHalf(this.#right);
      return this.#left.pop();
    }
    if (this.#right.length === 0) this.#right = takeHalf(this.#left);
    return this.#right.pop();
  }

  /** As `Array.prototype.slice` does. */
  slice(from: number, to = this.length): Buffer[] {
    const start = Math.max(from < 0 ? this.length + from : from, 0);
    const end = Math.min(to < 0 ? this.length + to : to, this.length);
    const found: Buffer[] = [];
    for (let index = start; index < end; index++) {
      const value = this.#at(index);
      if (value !== undefined) found.push(value);
    }
    return found;
  }

  #at(index: number): Buffer | undefined {
    const left = this.#left.length;
    return index < left ? this.#left[left - 1 - index] : this.#right[index - left];
  }
}

/** The half that is farther from the end, so that a pop is cheap on the average. */
function takeHalf(side: Buffer[]): Buffer[] {
  return side.splice(0, Math.ceil(side.length / 2)).toReversed();
}
