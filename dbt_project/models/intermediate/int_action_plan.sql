with

plan as (

    select * from {{ ref('stg_action_plan') }}

),

-- A code spells out where it belongs: line L1, its action L1A2, the action's deliverable L1A2D3.
final as (

    select
        -- ids
        code,

        -- text
        case
            when code like 'L%A%D%' then 'deliverable'
            when code like 'L%A%' then 'action'
            else 'line'
        end as level,
        case
            when code like 'L%A%D%' then split_part(code, 'D', 1)
            when code like 'L%A%' then split_part(code, 'A', 1)
        end as parent_code,
        title,
        status
    from plan

)

select * from final
