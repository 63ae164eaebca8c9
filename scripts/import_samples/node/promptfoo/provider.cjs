// Answers with the calls of the scene at once: an evaluation runs no tools.
const TURN = [
  ["call_1", "lookup_order", { order: "A-17" }],
  ["call_2", "pay", { cents: 500, to: "bob" }],
  ["call_3", "pay", { cents: 250, to: "bob" }],
];

module.exports = class {
  id() {
    return "scripted";
  }

  callApi() {
    const output = TURN.map(([id, name, args]) => ({
      id,
      type: "function",
      function: { name, arguments: JSON.stringify(args) },
    }));
    return Promise.resolve({ output });
  }
};
