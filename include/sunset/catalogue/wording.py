"""The words of the catalogue's page, in the languages that notices have."""

from __future__ import annotations

from typing import Literal

Language = Literal["en", "zh"]

_CHINESE = {
    "Catalogue": "数据资产目录",
    "Run": "运行",
    "mode": "模式",
    "started by": "发起人",
    "As of": "统计日期",
    "Answers for the data": "数据负责人",
    "Nothing is overlooked: somebody decided on every asset.": "没有遗漏：每项资产都已有处置决定。",
    "assets have no decision. They stop a rehearsal and an execution.": (
        "项资产尚无处置决定，演练与正式执行会在此停止。"
    ),
    "Source": "数据源",
    "Location": "位置",
    "found": "已发现",
    "by rule": "按规则",
    "by person": "按人工决定",
    "not carried": "不迁移",
    "undecided": "未决定",
    "becomes": "处置方式",
    "sensitivity": "敏感程度",
    "importance": "重要程度",
    "last write": "最后写入年份",
    "largest": "占用空间最大",
    "migrate": "迁移",
    "archive": "归档",
    "destroy": "销毁",
    "personal": "个人信息",
    "special": "敏感个人信息",
    "secret": "密钥与口令",
    "none": "未发现",
    "unknown": "未知",
    "high": "高",
    "medium": "中",
    "low": "低",
    "name": "名称",
    "pattern": "格式",
    "content": "内容",
    "Still to be decided": "待决定",
    "Put one of these lines under `dispositions` in the spec, with what becomes of it and why.": (
        "请将下列条目写入规格文件的 dispositions，并填写处置方式与理由。"
    ),
    "more": "项未列出",
    "Sensitive": "敏感资产",
    "Asset": "资产",
    "Where": "位置（列）",
    "What": "内容类型",
    "Class": "类别",
    "Told by": "判断依据",
    "Share": "占比",
    "of": "／",
    "None.": "无。",
    "Findings": "完整性问题",
    "Finding": "问题",
    "May be obsolete": "可能已废弃",
    "Signs": "迹象",
    "Suggestion": "建议",
    "Copies of files": "重复文件",
    "files have the content of another one": "个文件与其他文件内容相同",
    "Size": "大小",
    "Files": "文件数",
    "Names": "名称",
    "All assets": "全部资产",
    "Kind": "类型",
    "Rows": "行数",
    "Owner": "所有者",
    "Last write": "最后写入",
    "Last read": "最后读取",
    "Importance": "重要程度",
    "Sensitivity": "敏感程度",
    "What becomes of it": "处置",
    "Why": "理由",
    "decided": "决定人",
    "The table beside this page, catalogue.csv, has all of them.": "完整列表见同目录下的 catalogue.csv。",
    "Values are looked at in a sample and kept nowhere: this page holds names, counts and shares.": (
        "仅抽样查看数据内容，不保存任何值；本页只含名称、数量与比例。"
    ),
}


def said(words: str, language: Language) -> str:
    """Words in a language; those that have no translation, such as a name or a year, stand as they are."""
    return _CHINESE.get(words, words) if language == "zh" else words
