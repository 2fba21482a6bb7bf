"""The words of the certificate, in the languages of the notices."""

from __future__ import annotations

from collections.abc import Mapping

_EN = {
    "certificate": "Certificate of destruction",
    "complete": "Everything on the list was destroyed.",
    "incomplete": "Not everything on the list could be destroyed.",
    "what": "What was destroyed",
    "product": "Product",
    "subject": "Subject",
    "place": "Place",
    "list": "List",
    "things": "things",
    "how": "How",
    "category": "Category (NIST SP 800-88)",
    "clear": "Clear: removed by logical means. Storage media were neither overwritten nor destroyed.",
    "method": "Method",
    "tool": "Tool and version",
    "reason": "Reason",
    "who": "Who and when",
    "requested": "Requested by",
    "approved": "Approved by",
    "carried_out": "Carried out by",
    "verified": "Verified by",
    "method_of_verification": "How it was verified",
    "begun": "begun",
    "ended": "ended",
    "seal": "Seal that both approved",
    "left": "What is left, or may be",
    "none_left": "Nothing was found.",
    "kind": "Kind",
    "thing": "What",
    "why": "Why it is there",
    "data": "Holds data",
    "listed": "was on the list",
    "yes": "yes",
    "no": "no",
    "unknown": "Copies that nobody told Sunset of (other backups, exports, snapshots of disks) are not covered.",
    "chain": "What it rests on",
    "retirement": "Run that retired the product",
    "closing": "Its closing seal",
    "check": "sunset verify, given the folder of this disposal, proves the chain from decision to certificate.",
}
_ZH = {
    "certificate": "销毁证明",
    "complete": "清单上的内容已全部销毁。",
    "incomplete": "清单上的内容未能全部销毁。",
    "what": "销毁内容",
    "product": "产品",
    "subject": "对象",
    "place": "位置",
    "list": "清单",
    "things": "项",
    "how": "方式",
    "category": "类别（NIST SP 800-88）",
    "clear": "Clear（清除）：以逻辑方式删除；存储介质未被覆写或物理销毁。",
    "method": "方法",
    "tool": "工具及版本",
    "reason": "原因",
    "who": "人员与时间",
    "requested": "申请人",
    "approved": "批准人",
    "carried_out": "执行",
    "verified": "核验",
    "method_of_verification": "核验方式",
    "begun": "开始",
    "ended": "结束",
    "seal": "双方批准的封印",
    "left": "仍然存在或可能存在的内容",
    "none_left": "未发现任何残留。",
    "kind": "种类",
    "thing": "内容",
    "why": "原因",
    "data": "含数据",
    "listed": "在清单上",
    "yes": "是",
    "no": "否",
    "unknown": "未告知 Sunset 的副本（其他备份、导出文件、磁盘快照）不在本证明范围内。",
    "chain": "依据",
    "retirement": "退役运行",
    "closing": "其最终封印",
    "check": "对本次处置的文件夹执行命令 sunset verify，可离线证明从决定到本证明的完整链条。",
}


SENTENCES_ZH = {
    "database": "整个数据库",
    "contents of a database": "数据库内容",
    "file tree": "文件目录",
    "archive": "归档",
    "DROP of each object on the list, in one transaction, without CASCADE; lo_unlink for large objects": (
        "在同一事务中逐个 DROP 清单上的对象，不使用 CASCADE；大对象用 lo_unlink"
    ),
    "DROP DATABASE, with all sessions in it ended": "结束所有会话后执行 DROP DATABASE",
    "removal of each file on the list, then of the folders that are empty; the medium is not overwritten": (
        "逐个删除清单上的文件，再删除空文件夹；不覆写存储介质"
    ),
    "DELETE of each object version and delete marker on the list, by its version id; locks not by-passed": (
        "按版本号逐个删除清单上的对象版本和删除标记；不绕过锁定"
    ),
    "the place was listed again in full, and held against the list; then copies were looked for": (
        "重新完整列出该位置并与清单核对，然后查找副本"
    ),
    "what was migrated lives on there, by intent.": "已迁移的数据按计划保留在该处。",
    "the backup in the dossier goes with the archive.": "档案中的备份将与归档一起销毁。",
    "was on the list and is still there.": "在清单上，但仍然存在。",
    "was not on the list.": "不在清单上。",
    "may bring rows into the database again.": "可能再次向数据库写入数据。",
    "could not be looked into for foreign tables and copies.": "无法检查其中的外部表和副本。",
    "could not be removed: no permission.": "无权限，未能删除。",
    "was changed after the list was approved, and left.": "清单批准后被修改，予以保留。",
    "the evidence of the retirement stays: names, counts, checksums and approvals, no rows.": (
        "退役证据予以保留：名称、数量、校验和与批准记录，不含数据行。"
    ),
    "its content has another name on the same file system, and stays under that one.": (
        "其内容在同一文件系统上另有名称，仍在该名称下保留。"
    ),
}
"""Sentences of the records; the record itself keeps the English ones, which are what is sealed."""


def words(language: str) -> Mapping[str, str]:
    """The words in a language; English where there are none."""
    return _ZH if language == "zh" else _EN


def said(sentence: str, language: str) -> str:
    """A sentence of a record in a language; as it stands there where it has values in it."""
    return SENTENCES_ZH.get(sentence, sentence) if language == "zh" else sentence
