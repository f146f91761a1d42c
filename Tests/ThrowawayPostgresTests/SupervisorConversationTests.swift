// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ThrowawayPostgres

@Suite("SupervisorConversation")
struct SupervisorConversationTests {
    @Test("A server that comes up is running, with its process")
    func comesUp() throws {
        var conversation = SupervisorConversation()
        try conversation.begin(.launch)
        #expect(conversation.processID == nil)
        #expect(conversation.receive("ready 42") == .ready)
        #expect(conversation.phase == .running(processID: 42))
    }

    @Test("A server that fails is stopped; the reply holds the stage and everything that was said since the request")
    func fails() throws {
        var conversation = SupervisorConversation()
        try conversation.begin(.launch)
        #expect(conversation.receive("text one") == nil)
        #expect(conversation.receive("text two words") == nil)
        #expect(conversation.receive("torn") == nil)
        #expect(conversation.receive("failed initdb") == .failed(stage: "initdb", text: "one\ntwo words\ntorn"))
        try conversation.begin(.start(standby: false))
        #expect(conversation.receive("exited") == .failed(stage: "server", text: ""))
        #expect(conversation.phase == .stopped)
    }

    @Test("An end that was asked for is a reply, one that was not is only noted")
    func ends() throws {
        var conversation = SupervisorConversation()
        try conversation.begin(.launch)
        _ = conversation.receive("ready 42")
        try conversation.begin(.stop(.fast))
        #expect(conversation.processID == 42)
        #expect(conversation.receive("exited") == .stopped)
        try conversation.begin(.start(standby: true))
        _ = conversation.receive("ready 43")
        #expect(conversation.receive("exited") == nil)
        #expect(conversation.phase == .stopped)
    }

    @Test("Requests that do not fit are refused, and change nothing")
    func refuses() throws {
        var conversation = SupervisorConversation()
        #expect(throws: ThrowawayPostgresError.self) { try conversation.begin(.stop(.fast)) }
        try conversation.begin(.launch)
        #expect(throws: ThrowawayPostgresError.self) { try conversation.begin(.stop(.fast)) }
        #expect(throws: ThrowawayPostgresError.self) { try conversation.begin(.start(standby: false)) }
        #expect(conversation.phase == .starting)
        _ = conversation.receive("ready 42")
        #expect(throws: ThrowawayPostgresError.self) { try conversation.begin(.launch) }
        #expect(conversation.phase == .running(processID: 42))
    }

    @Test("A late announcement of a server that is gone is ignored")
    func late() throws {
        var conversation = SupervisorConversation()
        try conversation.begin(.launch)
        _ = conversation.receive("failed server")
        #expect(conversation.receive("ready 42") == nil)
        #expect(conversation.phase == .stopped)
    }

    @Test(
        "Each request is one line",
        arguments: [
            (SupervisorRequest.launch, nil), (.start(standby: true), "start standby"),
            (.start(standby: false), "start primary"),
            (.stop(.fast), "stop INT"), (.stop(.immediate), "stop QUIT"), (.stop(.kill), "stop KILL"),
        ] as [(SupervisorRequest, String?)])
    func lines(request: SupervisorRequest, line: String?) {
        #expect(request.line == line)
    }
}
