import { describe, expect, it } from "vitest";
import { turnOf, type Call } from "./turn";

type Message = NonNullable<NonNullable<Call["Completion"]>["Messages"]>[number];

const system = (Text: string): Message => ({ Role: "system", Contents: [{ Text }] });
const user = (Text: string): Message => ({ Role: "user", Contents: [{ Text }] });
const assistant = (Text: string, ...tools: string[]): Message => ({
  Role: "assistant",
  Contents: Text ? [{ Text }] : [],
  ToolCalls: tools.map((Name, at) => ({
    ID: String(at),
    Type: "function",
    Function: { Name, Arguments: {} },
  })),
});

let made = 0;
const call = (...Messages: Message[]): Call => {
  made += 1;
  const second = String(made % 60).padStart(2, "0");
  return { XID: `span-${made}`, Start: `2026-01-01T00:00:${second}Z`, Completion: { Messages } };
};

describe("turnOf", () => {
  it("takes the last thing that the user said and the last answer to it", () => {
    const history = [system("Be kind."), user("Hello"), assistant("Hi!")];
    const first = call(...history, user("Where is my order?"), assistant("", "GetOrder"));
    const second = call(...history, user("Where is my order?"), assistant("It left today."));
    const turn = turnOf([second, first]);
    expect(turn.question).toEqual({ span: first.XID, text: "Where is my order?", media: [] });
    expect(turn.answer).toEqual({ span: second.XID, text: "It left today.", media: [] });
  });

  it("does not take the verdict of a later check for the answer", () => {
    const answer = call(user("Where is it?"), assistant("In Leipzig."));
    const check = call(system("How safe is this?"), user("In Leipzig."), assistant("0.98"));
    expect(turnOf([answer, check]).answer?.text).toBe("In Leipzig.");
  });

  it("does not show the answer of the turn before as this one's", () => {
    const failed = call(user("One"), assistant("First answer"), user("Two"));
    expect(turnOf([failed])).toMatchObject({ question: { text: "Two" }, answer: null });
  });

  it("says which tools were asked for when the model said nothing", () => {
    const turn = turnOf([call(user("Cancel it"), assistant("", "CancelOrder", "Refund"))]);
    expect(turn).toMatchObject({ answer: null, tools: ["CancelOrder", "Refund"] });
  });

  it("finds the answer of a model that nobody asked", () => {
    const turn = turnOf([call(system("Write a poem."), assistant("Roses are red."))]);
    expect(turn).toMatchObject({ question: null, answer: { text: "Roses are red." } });
  });

  it("joins the parts of a message and names those that are no text", () => {
    const picture: Message = {
      Role: "user",
      Contents: [{ Text: "What is" }, { MimeType: "image/png", Data: "" }, { Text: "this?" }],
    };
    expect(turnOf([call(picture)]).question).toMatchObject({
      text: "What is\nthis?",
      media: ["image/png"],
    });
  });

  it("has nothing to say of a trace without readable calls", () => {
    expect(turnOf([{ XID: "a", Start: "2026-01-01T00:00:00Z" }])).toEqual({
      question: null,
      answer: null,
      tools: [],
    });
  });
});
