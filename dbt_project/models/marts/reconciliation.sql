{#- Both annex tables, column by column: how a cell is compared depends on its form. -#}
{% set annexes = annex_columns() -%}

with

figures as (

    select * from {{ ref('figures') }}

),

printed_figures as (

    select * from {{ ref('int_printed_figures') }}

),

known_differences as (

    select * from {{ ref('int_known_differences') }}

),
{% for annex in annexes %}
{{ annex }} as (

    select * from {{ ref(annex) }}

),

printed_{{ annex }} as (

    select * from {{ ref('int_printed_' ~ annex) }}

),
{% endfor %}
figure_pairs as (

    select
        printed_figures.figure_id as key,
        printed_figures.value as printed,
        printed_figures.qualifier,
        printed_figures.step,
        printed_figures.decimals,
        figures.value as computed
    from printed_figures
    left join figures on printed_figures.figure_id = figures.figure_id

),

figure_rows as (

    select
        'figure' as kind,
        key,
        'number' as form,
        case
            when printed is null then '?'
            else {{ figure_as_text('printed', 'decimals') }}
        end as printed,
        coalesce({{ figure_as_text('computed', 'decimals') }}, '') as computed,
        case
            when printed is null or qualifier = 'uncertain' then 'not_legible'
            when computed is null then 'difference'
            when qualifier = 'exact' and computed = printed then 'match'
            when
                qualifier = 'at_least'
                and computed >= printed
                and coalesce(computed < printed + step, true) then 'match'
            else 'difference'
        end as status
    from figure_pairs

),

cells as (

    {% for annex, columns in annexes.items() %}
    {%- set outer_last = loop.last %}
    {%- for column, form in columns.items() %}
    select
        '{{ annex }}/' || computed.member_id || '/{{ column }}' as key,
        '{{ form }}' as form,
        printed.{{ column }} as printed,
        cast(computed.{{ column }} as {{ dbt.type_string() }}) as computed
    from printed_{{ annex }} as printed
    inner join {{ annex }} as computed on printed.member_id = computed.member_id
    where printed.appearance = 1
    {%- if not (loop.last and outer_last) %}

    union all
    {% endif %}
    {%- endfor %}
    {%- endfor %}

),

comparable_cells as (

    select
        key,
        form,
        {{ cell_as_compared('printed', 'form') }} as printed,
        computed
    from cells

),

cell_rows as (

    select
        'annex_cell' as kind,
        key,
        form,
        printed,
        computed,
        case
            when printed = '?' then 'not_legible'
            when printed = computed then 'match'
            else 'difference'
        end as status
    from comparable_cells

),

-- A row in print that is no member of the year or comes twice, and a member of the year that print leaves out.
stray_members as (

    {% for annex in annexes %}
    select
        '{{ annex }}/' || coalesce(printed.member_id, printed.member_text) || '/member' as key,
        {{ trimmed("printed.member_text") }} as printed,
        coalesce(computed.member, '') as computed
    from printed_{{ annex }} as printed
    left join {{ annex }} as computed on printed.member_id = computed.member_id
    where computed.member_id is null or printed.appearance > 1

    union all

    select
        '{{ annex }}/' || computed.member_id || '/member' as key,
        '' as printed,
        computed.member as computed
    from {{ annex }} as computed
    left join printed_{{ annex }} as printed on computed.member_id = printed.member_id
    where
        printed.member_id is null
        and exists (select 1 from printed_{{ annex }})
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}

),

member_rows as (

    select
        'annex_cell' as kind,
        key,
        'text' as form,
        min(printed) as printed,
        min(computed) as computed,
        'difference' as status
    from stray_members
    group by key

),

compared as (

    select * from figure_rows
    union all
    select * from cell_rows
    union all
    select * from member_rows

),

owned_pairs as (

    select
        known_differences.kind,
        known_differences.key,
        known_differences.reason,
        known_differences.owner,
        known_differences.printed as owned_printed,
        known_differences.computed as owned_computed,
        compared.status,
        compared.form,
        compared.printed,
        compared.computed
    from known_differences
    left join compared
        on
            known_differences.kind = compared.kind
            and known_differences.key = compared.key

),

owned as (

    select
        kind,
        key,
        reason,
        owner,
        owned_printed,
        owned_computed,
        coalesce(
            status = 'difference'
            and case
                when form = 'number'
                    then
                        coalesce(
                            try_cast(owned_printed as decimal(18, 4)) = try_cast(printed as decimal(18, 4)),
                            false
                        )
                        and coalesce(
                            try_cast(owned_computed as decimal(18, 4)) = try_cast(computed as decimal(18, 4)),
                            owned_computed = computed
                        )
                else
                    {{ cell_as_compared('owned_printed', 'form') }} = printed
                    and {{ cell_as_compared('owned_computed', 'form') }} = computed
            end,
            false
        ) as holds
    from owned_pairs

),

-- Each owned difference must be there as it is owned; two rows of the register on one key cannot both be.
owned_keys as (

    select
        kind,
        key,
        bool_and(holds) as holds,
        min(reason) as reason,
        min(owner) as owner,
        min(owned_printed) filter (where not holds) as owned_printed,
        min(owned_computed) filter (where not holds) as owned_computed
    from owned
    group by
        kind,
        key

),

judged as (

    select
        coalesce(compared.kind, owned_keys.kind) as kind,
        coalesce(compared.key, owned_keys.key) as key,
        coalesce(compared.printed, owned_keys.owned_printed) as printed,
        coalesce(compared.computed, owned_keys.owned_computed) as computed,
        compared.status,
        owned_keys.holds,
        owned_keys.reason,
        owned_keys.owner,
        owned_keys.owned_printed,
        owned_keys.owned_computed
    from compared
    full outer join owned_keys
        on
            compared.kind = owned_keys.kind
            and compared.key = owned_keys.key

),

final as (

    select
        kind,
        key,
        printed,
        computed,
        case
            when holds then 'known_difference'
            when not holds then 'difference'
            else status
        end as status,
        case
            when holds then reason
            when not holds
                then
                    'The owned difference is no longer true: it was owned as "' || owned_printed
                    || '" in print and "' || owned_computed || '" in the data (' || reason || ')'
            when status = 'not_legible' then 'The print cannot be read with certainty'
            when status = 'difference' then 'Print and data disagree, and nobody owns the difference'
        end as reason,
        owner
    from judged

)

select * from final
