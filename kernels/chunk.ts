// A static buffer for elements that are converted to float64 a few at a time.

export const CHUNK = 1024;
export const chunk = memory.data(1024 * 8, 16);
