/** What every check gives: one line per fault, and a few words on what was looked at. @typedef {{ problems: string[], detail: string }} Report */

export {}
