// Why rows miss their bars, as profiles say, and what was tried: written beside them when they do.
const REASONS = {};

/** Of a row's function, on the row's array or on all. */
export const reasonOf = ({ key, on }) => REASONS[`${key} ${on}`] ?? REASONS[key];
