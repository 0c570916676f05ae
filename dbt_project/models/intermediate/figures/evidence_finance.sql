{#- The figures of a whole are the catalogue's rows of that whole: another project in print is another row there. What
    they are shares of is said once, under the name of the whole. -#}
with

catalogue as (

    select * from {{ ref('figure_catalogue') }}

),

entries as (

    select * from {{ ref('int_fund_parts') }}

),

named_parts as (

    select * from {{ ref('int_rounded_shares') }}

),

shares as (

    select
        figure_id,
        whole,
        {{ part_of_whole('figure_id', 'whole') }} as part
    from catalogue
    where whole is not null

),

wholes as (

    select distinct whole from shares

),

final as (

    select
        shares.figure_id,
        'numerator' as part,
        entries.entry_no as unit_key,
        entries.amount_eur as amount,
        entries.source_file,
        entries.source_line,
        entries.member_id,
        cast(null as {{ dbt.type_string() }}) as event_id,
        entries.entry_no as item_key,
        coalesce(entries.funder, named_parts.label) as unit_label,
        entries.posting_date as dated_on
    from shares
    inner join entries
        on
            shares.whole = entries.whole
            and shares.part = entries.part
    left join named_parts
        on
            entries.whole = named_parts.whole
            and entries.part = named_parts.part

    union all

    select
        entries.whole as figure_id,
        'denominator' as part,
        entries.entry_no as unit_key,
        entries.amount_eur as amount,
        entries.source_file,
        entries.source_line,
        entries.member_id,
        cast(null as {{ dbt.type_string() }}) as event_id,
        -- Below a whole its parts are listed: the entries of each stand above its own share.
        case when entries.part = '' then 'none' else entries.part end as item_key,
        named_parts.label as unit_label,
        cast(null as date) as dated_on
    from entries
    inner join wholes
        on entries.whole = wholes.whole
    left join named_parts
        on
            entries.whole = named_parts.whole
            and entries.part = named_parts.part

)

select * from final
